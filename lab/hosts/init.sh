#!/bin/bash
# First process of one lab host, started by hosts.ts in its own mount, uts, ipc and pid namespaces.
#   init.sh STAGE NAME [own-network]
# Builds a root of its own in memory: the machine's programs read-only, everything else fresh, so that
# nothing of the machine's /etc/shadow, /root, /home or disks can be seen from a lab host.
# Then obeys lines on standard input (start, stop, kill) and ends, taking the whole host with it, when
# that input closes: a lab whose parent is killed leaves nothing behind.
set -e
stage=$1 name=$2 root=$1/root
# Only where the network is the host's own may its root change it.
if [ "${3:-}" = own-network ]; then network=; else network=,-net_admin,-net_raw; fi

mount --make-rprivate /
mkdir -p "$root"
mount -t tmpfs -o size=128m,mode=755 lab-host "$root"
cd "$root"
mkdir -p usr etc proc dev run/sshd run/lock tmp home var/log var/lib var/tmp var/mail var/cache var/spool/cron root .old
chmod 1777 tmp var/tmp
chmod 700 root
ln -s /run var/run
mount --bind /usr usr
mount -o remount,bind,ro usr
for dir in bin sbin lib lib64; do
  if [ -L "/$dir" ]; then cp -a "/$dir" .; elif [ -d "/$dir" ]; then mkdir "$dir"; mount --bind "/$dir" "$dir"; mount -o remount,bind,ro "$dir"; fi
done

# What programs need to run and to log somebody in, and nothing that could be a secret of the machine.
for path in alternatives bash.bashrc debian_version default environment ld.so.cache ld.so.conf ld.so.conf.d \
  localtime login.defs magic nsswitch.conf os-release pam.conf pam.d profile profile.d protocols rpc security \
  services shells skel ssl/certs ssl/openssl.cnf sudo.conf sudo_logsrvd.conf terminfo timezone; do
  [ -e "/etc/$path" ] && { mkdir -p "etc/$(dirname "$path")"; cp -a "/etc/$path" "etc/$path"; }
done

mount -t proc -o nosuid,noexec,nodev proc proc
mount -t tmpfs -o mode=755,size=64k dev dev
for node in null zero full random urandom tty; do : >"dev/$node"; mount --bind "/dev/$node" "dev/$node"; done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777,size=16m shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr

cp -a "$stage/files/." .
: >run/utmp
chgrp 43 run/utmp var/log/wtmp var/log/btmp var/log/lastlog
chmod 664 run/utmp var/log/wtmp var/log/lastlog
chmod 755 . etc etc/ssh home var var/log
chmod 750 etc/sudoers.d
rm -rf "$stage/files"
hostname "$name"

pivot_root . .old
umount -l /.old
rmdir /.old
cd /

# A root shell on a lab host is root of that host, not of the machine: no mounts, devices, modules, clock or network changes.
exec setpriv --bounding-set=-sys_admin,-sys_module,-sys_rawio,-sys_boot,-sys_time,-mknod$network,-syslog,-mac_admin,-mac_override,-sys_ptrace \
  --inh-caps=-all /bin/bash /etc/lab-init
