# The demonstration: a reader without hardware, a card in it, the card bridge, and the service. Sourced by script/server.
# shellcheck shell=bash

# The value of an option among the arguments, or what it is without.
option() {
    local name=$1 value=$2
    shift 2
    while (($#)); do
        case $1 in
            "$name") value=${2-} ;;
            "$name="*) value=${1#*=} ;;
        esac
        shift
    done
    printf '%s\n' "$value"
}

stop_demo() {
    local pid
    trap - EXIT INT TERM
    ((${#demo_pids[@]})) || return 0
    # The reader ends by itself, and takes its pcscd and that one's folder along.
    { echo quit >&8; } 2> /dev/null || true
    for pid in "${demo_pids[@]:1}"; do kill "$pid" 2> /dev/null || true; done
    for _ in $(seq 30); do
        kill -0 "${demo_pids[0]}" 2> /dev/null || break
        sleep 0.1
    done
    kill "${demo_pids[0]}" 2> /dev/null || true
    wait 2> /dev/null || true
}

run_demo() {
    local state listen port cards socket
    state=$(option --state-dir .eport "$@")
    listen=$(option --listen 127.0.0.1:3000 "$@")
    port=${listen##*:}
    cards=$state/demo-cards
    # Cards, readers and what they sign are of this installation alone.
    mkdir -p -m 700 "$state" "$cards"

    step "Issuing cards"
    local card=("$target/release/eport-virtual-card")
    issue() {
        [[ -e $cards/cards/$1.json ]] || "${card[@]}" issue --state "$cards" --card "$1" "${@:2}" > /dev/null
    }
    issue legal-person --class legal_person --name 张三 --id-number 11010519491231002X --card-number 8930000104271
    issue operator --class operator --name 李四 --id-number 440524188001010014 --card-number 8930000104272
    issue new --class operator --name 周八 --id-number 330102190606060046 --card-number 8930000104273
    "${card[@]}" ca --state "$cards" root > "$cards/trust.pem"
    "${card[@]}" ca --state "$cards" intermediate >> "$cards/trust.pem"
    "$target/release/eport" trust import "$cards/trust.pem" --state-dir "$state" > /dev/null
    # Staff are made on the command line alone. The first password stays beside the cards until the account has the demonstration's.
    if [[ ! -e $cards/staff-password ]]; then
        (umask 077 && "$target/release/eport" staff add --username staff --name 钱审核 --state-dir "$state" > "$cards/staff-password.new") \
            && mv "$cards/staff-password.new" "$cards/staff-password" \
            || say "    The staff account of the demonstration could not be made; the reason stands above."
    fi

    step "Starting the reader and the card bridge"
    demo_pids=()
    trap stop_demo EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    rm -f "$cards/commands"
    mkfifo -m 600 "$cards/commands"
    # Held open, so that commands can come one by one.
    exec 8<> "$cards/commands"
    "${card[@]}" run --state "$cards" --card legal-person --own-pcscd < "$cards/commands" > "$cards/reader.log" 2>&1 8>&- &
    demo_pids+=($!)
    for _ in $(seq 100); do
        socket=$(sed -n 's/^PCSCLITE_CSOCK_NAME=//p' "$cards/reader.log")
        [[ $socket ]] && break
        kill -0 "${demo_pids[0]}" 2> /dev/null || fail "the virtual reader didn't start: $(< "$cards/reader.log")"
        sleep 0.1
    done
    [[ $socket ]] || fail "the virtual reader didn't start: $(< "$cards/reader.log")"
    printf 'allowed_origins = ["http://localhost:%s", "http://127.0.0.1:%s"]\n' "$port" "$port" > "$cards/bridge.toml"
    PCSCLITE_CSOCK_NAME=$socket GPG_TTY=$(tty 2> /dev/null || true) \
        "$target/release/card-bridge" run --compat --config "$cards/bridge.toml" 2> "$cards/bridge.log" 8>&- &
    demo_pids+=($!)
    sleep 0.5
    kill -0 "${demo_pids[1]}" 2> /dev/null || fail "the card bridge didn't start: $(< "$cards/bridge.log")"

    step "Starting; the first time takes a moment"
    local log=()
    [[ " $* " == *" --log"* ]] || log=(--log "$state/access.log")
    "$target/release/eport" up -f spin.toml "${defaults[@]}" "${log[@]}" "$@" 8>&- &
    demo_pids+=($!)
    until (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null; do
        kill -0 "${demo_pids[2]}" 2> /dev/null || { wait "${demo_pids[2]}"; exit; }
        sleep 0.1
    done

    step "Making the people of the demonstration, where they aren't there yet"
    local staff=()
    [[ ! -e $cards/staff-password ]] || staff=(--staff-password-file "$cards/staff-password")
    local people
    people=$("${card[@]}" demo --state "$cards" --server "http://localhost:$port" "${staff[@]}") \
        || fail "the people of the demonstration could not be made; the reason stands above"

    cat >&2 << TEXT

Open  http://localhost:$port

$people
These passwords and this PIN are for this demonstration alone: nothing but a service under development has them.

In the reader is the card legal-person: choose IC 卡登录, 连接读卡器, 用 IC 卡登录. The PIN is asked for in a window,
or in this terminal where there is none. In another terminal, pull the card, and put in another one:
    echo remove > $cards/commands
    echo insert operator > $cards/commands
log in with it as a page would, without a browser:
    $target/release/eport-virtual-card log-in --server http://localhost:$port

SMS that would have left: /v1/dev/outbox. Logs: $cards/*.log, $state/access.log.

TEXT
    wait "${demo_pids[2]}"
}
