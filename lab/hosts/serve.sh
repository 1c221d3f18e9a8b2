# Becomes /etc/lab-init inside a lab host: process 1 there. One answer line for each order line.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
start_sshd() {
  if [ -s /run/sshd.pid ] && kill -0 "$(cat /run/sshd.pid)" 2>/dev/null; then echo "ok running"; return; fi
  rm -f /run/sshd.pid
  /usr/sbin/sshd -D -E /var/log/sshd.log </dev/null >/dev/null 2>>/var/log/sshd.log &
  local pid=$!
  for _ in $(seq 1500); do
    # sshd writes its pid file after it listens
    [ -s /run/sshd.pid ] && { echo "ok started"; return; }
    kill -0 $pid 2>/dev/null || break
    sleep 0.01
  done
  echo "failed $(tail -n 3 /var/log/sshd.log | tr '\n' ' ')"
}
stop_all() { # every process of the host but this one, as a power cut would
  kill -"$1" -1 2>/dev/null
  wait 2>/dev/null
  rm -f /run/sshd.pid
  echo "ok stopped"
}
while read -r order; do
  case $order in
    start) start_sshd ;;
    stop) stop_all TERM ;;
    kill) stop_all KILL ;;
    *) echo "failed unknown order" ;;
  esac
done
exit 0
