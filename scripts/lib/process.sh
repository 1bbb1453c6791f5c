# Processes that scripts start in the background and end again, the ports they use, and what they are asked; sourced, never run.
# shellcheck shell=bash

# field NAME: that field of the JSON object on standard input; dots go deeper.
field() {
  # shellcheck disable=SC2016 # JavaScript's own
  node -e '
    const value = process.argv[1].split(".").reduce((v, k) => v?.[k], JSON.parse(require("fs").readFileSync(0, "utf8")))
    if (value === undefined) { console.error(`no field ${process.argv[1]}`); process.exit(1) }
    console.log(value)' "$1"
}

# free_ports PREFERRED...: as many ports of 127.0.0.1 that nobody listens on, all different; where a preferred one is taken,
# one of the system's choice stands in its place. On one line.
free_ports() {
  node -e '
    const net = require("net")
    const hold = (port) => new Promise((resolve, reject) => {
      const server = net.createServer()
      server.once("error", (error) => (port === 0 ? reject(error) : resolve()))
      server.listen(port, "127.0.0.1", () => resolve(server))
    })
    const all = async (wanted) => {
      // All are held until the last is found. The preferred ones come first, so that the system chooses none of them.
      const held = []
      for (const port of wanted) held.push(await hold(port))
      for (const i of held.keys()) held[i] ??= await hold(0)
      console.log(held.map((server) => server.address().port).join(" "))
      for (const server of held) server.close()
    }
    all(process.argv.slice(1).map(Number))' "$@"
}

# A signal ends the script through its EXIT trap; but not while a process has been started and cannot be told from others yet.
SIGNALLED='' LAUNCHING=''
exit_on_signals() {
  trap 'signalled 129' HUP
  trap 'signalled 130' INT
  trap 'signalled 143' TERM
}
signalled() {
  SIGNALLED=$1
  [ -n "$LAUNCHING" ] || exit "$1"
}

# lock FOLDER: nobody else holds it until this script ends; nothing is written.
LOCK_FD=''
lock() {
  exec {LOCK_FD}<"$1"
  flock --wait 10 "$LOCK_FD"
}

# launch PID_FILE LOG COMMAND [ARG...]: starts it in a session of its own, so that no terminal's signals reach it. Some
# argument has to name a path below the folder of PID_FILE: by that and by its name it is known again.
launch() {
  local pid_file=$1 log=$2 name
  shift 2
  name=$(basename "$1")
  LAUNCHING=1
  (
    # It writes its id itself: whatever happens to this script, who runs is known.
    printf '%s\n' "$BASHPID" >"$pid_file"
    [ -z "$LOCK_FD" ] || exec {LOCK_FD}<&-
    exec setsid "$@" </dev/null >>"$log" 2>&1
  ) &
  until running "$pid_file" "$name" >/dev/null || ! kill -0 $! 2>/dev/null; do sleep 0.02; done
  LAUNCHING=''
  [ -z "$SIGNALLED" ] || exit "$SIGNALLED"
}

# running PID_FILE NAME: prints the id of the process that `launch` started and succeeds, if it still runs. The id may have
# passed to another program since.
running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] || return 1
  [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ] || return 1
  grep -zqF -- "$(dirname "$1")/" "/proc/$pid/cmdline" 2>/dev/null || return 1
  printf '%s\n' "$pid"
}

# end_processes NAME PID_FILE...: ends those that still run, all at once, waits for them and removes the files.
end_processes() {
  local name=$1 file pid deadline=$((SECONDS + 30))
  shift
  # A process that ends by itself meanwhile cannot be signalled; the loop below looks whether it did.
  for file in "$@"; do
    ! pid=$(running "$file" "$name") || kill "$pid" 2>/dev/null || true
  done
  for file in "$@"; do
    while pid=$(running "$file" "$name"); do
      if [ $SECONDS -ge $deadline ]; then
        say "   $name ($pid) does not end by itself: killed"
        kill -9 "$pid" 2>/dev/null || true
        deadline=$((SECONDS + 30))
      fi
      sleep 0.1
    done
    rm -f "$file"
  done
}

# last_lines LOG [COUNT]: what a program said last, for an error message; without the frames of a panic.
last_lines() {
  [ ! -s "$1" ] || grep -vE '^\s*$|^ +[0-9]+: |^ +at |^      ' "$1" | tail -n "${2:-12}" | cut -c -240 | sed 's/^/   | /; 1s/^/\n/'
}
