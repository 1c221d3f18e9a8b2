/** Programs that distributions ship with set-user-ID or set-group-ID, in the folders they ship them to. Anything else is a finding. */

const names: ReadonlySet<string> = new Set(
  `at auth_pam_tool bsd-write bwrap chage chfn chrome-sandbox chsh crontab cgexec dbus-daemon-launch-helper dotlockfile doas dumpcap exim4 expiry firejail fping
  fusermount fusermount3 gpasswd gst-ptp-helper incrontab kismet_capture ksu lockdev locate lxc-user-nic mail-lock mail-touchlock mail-unlock mlocate
  mount mount.cifs mount.davfs mount.ecryptfs_private mount.fuse mount.nfs mount.ntfs mtr-packet newgidmap newgrp newuidmap ntfs-3g
  pam_extrausers_chkpwd pam_timestamp_check passwd ping ping6 pkexec plocate polkit-agent-helper-1 postdrop postqueue pppd procmail screen
  sendmail sg snap-confine ssh-agent ssh-keysign staprun su sudo sudoedit suexec traceroute6.iputils ubuntu-core-launcher umount
  unix_chkpwd unix2_chkpwd usbmuxd userhelper usernetctl utempter utmp uuidd vmware-user-suid-wrapper wall write write.ul Xorg.wrap Xorg
  xlock dma dma-mbox-create camel-lock-helper-1.2 xtables-lock-helper sperl spice-client-glib-usb-acl-helper cockpit-session xorg-wrap chkstat grub2-set-bootflag msmtp`.split(
    /\s+/u,
  ),
);

const folders =
  /^\/(?:usr\/)?(?:s?bin|lib|lib64|libexec|lib32)\/|^\/usr\/lib\/|^\/usr\/libexec\/|^\/opt\/(?:google|microsoft|brave\.com)\/|^\/snap\//u;

export const isShipped = (path: string): boolean => folders.test(path) && names.has(path.split('/').at(-1) ?? '');
