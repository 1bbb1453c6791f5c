# A Kubo daemon of a private swarm on this machine: loopback only, no public peer, its RPC behind a password. Needs
# scripts/lib/process.sh; sourced, never run.
# shellcheck shell=bash

# Together they keep a daemon from speaking to anybody outside: without a swarm key it refuses to start, and it reports nothing home.
export LIBP2P_FORCE_PNET=1 IPFS_TELEMETRY=off

# kubo_swarm_key FILE: a new key; who has it is in the swarm.
kubo_swarm_key() {
  (umask 077 && printf '/key/swarm/psk/1.0.0/\n/base16/\n%s\n' "$(openssl rand -hex 32)" >"$1")
}

# kubo_init FOLDER SWARM_KEY API_PORT SWARM_PORT: makes FOLDER/ipfs, the repository, and FOLDER/ipfs.auth, user and password.
# With the profile `test`, because `server` filters loopback addresses.
kubo_init() {
  local folder=$1 secret
  secret=$(openssl rand -hex 32)
  (umask 077 && printf 'salus:%s\n' "$secret" >"$folder/ipfs.auth")
  "$SALUS_IPFS" --repo-dir "$folder/ipfs" init --profile=test </dev/null >"$folder/ipfs.log" 2>&1 ||
    die "the IPFS repository $folder/ipfs cannot be made:$(last_lines "$folder/ipfs.log")"
  cp -p "$2" "$folder/ipfs/swarm.key"
  # shellcheck disable=SC2016 # JavaScript's own
  node -e '
    const fs = require("fs")
    const [folder, api, swarm] = process.argv.slice(1)
    const file = `${folder}/ipfs/config`
    const config = JSON.parse(fs.readFileSync(file, "utf8"))
    const auth = fs.readFileSync(`${folder}/ipfs.auth`, "utf8").trim()
    config.API.Authorizations = { salus: { AuthSecret: `basic:${auth}`, AllowedPaths: ["/api/v0"] } }
    Object.assign(config.Addresses, { API: `/ip4/127.0.0.1/tcp/${api}`, Swarm: [`/ip4/127.0.0.1/tcp/${swarm}`], Gateway: [] })
    config.Bootstrap = []
    Object.assign(config.Routing, { Type: "dht", DelegatedRouters: [] })
    config.Ipns.DelegatedPublishers = []
    config.DNS.Resolvers = {}
    config.AutoConf = { Enabled: false }
    config.AutoTLS = { Enabled: false }
    config.HTTPRetrieval = { Enabled: false }
    config.Discovery.MDNS.Enabled = false
    // Over a private swarm Kubo speaks plain TCP alone.
    config.Swarm.Transports.Network.Websocket = false
    fs.writeFileSync(file, JSON.stringify(config, null, 2))' "$folder" "$3" "$4"
}

# kubo_join FOLDER...: each of these daemons connects to all others when it starts, and again when it loses one.
kubo_join() {
  # shellcheck disable=SC2016 # JavaScript's own
  node -e '
    const fs = require("fs")
    const files = process.argv.slice(1).map((folder) => `${folder}/ipfs/config`)
    const configs = files.map((file) => JSON.parse(fs.readFileSync(file, "utf8")))
    const peers = configs.map(({ Identity, Addresses }) => ({ ID: Identity.PeerID, Addrs: Addresses.Swarm }))
    files.forEach((file, own) => {
      configs[own].Peering = { Peers: peers.filter((_, other) => other !== own) }
      fs.writeFileSync(file, JSON.stringify(configs[own], null, 2))
    })' "$@"
}

# kubo_start FOLDER API_PORT: its RPC answers when this returns.
kubo_start() {
  local deadline=$((SECONDS + 120)) log=$1/ipfs.log
  # --repo-dir names the folder on its command line, by which it is known again.
  launch "$1/ipfs.pid" "$log" "$SALUS_IPFS" --repo-dir "$1/ipfs" daemon
  until kubo_ask "$1" "$2" version >/dev/null; do
    running "$1/ipfs.pid" ipfs >/dev/null || die "the IPFS daemon ended:$(last_lines "$log")"
    [ $SECONDS -lt $deadline ] || die "the IPFS daemon does not answer on port $2:$(last_lines "$log")"
    sleep 0.1
  done
}

# kubo_ask FOLDER API_PORT CALL: what its daemon's RPC answers; fails where it does not.
kubo_ask() {
  # shellcheck disable=SC2016 # JavaScript's own
  node -e '
    const [file, port, call] = process.argv.slice(1)
    const authorization = `Basic ${Buffer.from(require("fs").readFileSync(file, "utf8").trim()).toString("base64")}`
    fetch(`http://127.0.0.1:${port}/api/v0/${call}`, { method: "POST", headers: { authorization }, signal: AbortSignal.timeout(5000) })
      .then(async (answer) => (console.log(await answer.text()), process.exitCode = answer.ok ? 0 : 1))
      .catch(() => (process.exitCode = 1))' "$1/ipfs.auth" "$2" "$3"
}

# kubo_meet FOLDER API_PORT: its daemon connects to those that kubo_join gave it, now; by itself it takes 5 s or more.
kubo_meet() {
  local call
  # shellcheck disable=SC2016 # JavaScript's own
  call=$(node -e '
    const { Peering } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))
    const addresses = Peering.Peers.flatMap(({ ID, Addrs }) => Addrs.map((address) => `${address}/p2p/${ID}`))
    console.log(`swarm/connect?${addresses.map((address) => `arg=${encodeURIComponent(address)}`).join("&")}`)' "$1/ipfs/config")
  kubo_ask "$1" "$2" "$call" >/dev/null
}

# kubo_peers FOLDER API_PORT: with how many others of the swarm its daemon is connected; fails while its RPC does not answer.
kubo_peers() {
  # Some are connected twice, when both dialled.
  # shellcheck disable=SC2016 # JavaScript's own
  kubo_ask "$1" "$2" swarm/peers | node -e '
    const { Peers } = JSON.parse(require("fs").readFileSync(0, "utf8"))
    console.log(new Set((Peers ?? []).map(({ Peer }) => Peer)).size)' 2>/dev/null
}
