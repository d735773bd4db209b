# What the scripts share. Sourced, with the repository as the working directory.
# shellcheck shell=bash

repository=$PWD
components=(registrations sessions accounts cards enterprises operators permissions seals messages platform portal)

# Where cargo puts what it builds: absolute.
target=${CARGO_TARGET_DIR:-${CARGO_BUILD_TARGET_DIR:-target}}
case $target in /*) ;; *) target=$repository/$target ;; esac

# Python's packages for the tests.
venv=${EPORT_VENV:-.venv}
case $venv in /*) ;; *) venv=$repository/$venv ;; esac

# Programs for the tests that cargo installs.
tools=${EPORT_TOOLS:-.tools}
case $tools in /*) ;; *) tools=$repository/$tools ;; esac

say() { printf '%s\n' "$*" >&2; }
step() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# The page, into portal/dist: what the component `portal` is made from. Quick where nothing has changed.
build_portal() {
    install_packages portal || return
    (
        cd portal || exit
        mkdir -p .build
        # The types of requests and answers come from the routes as they are in Rust: a page that calls what isn't there doesn't build.
        cargo run ${CI:+--locked} --quiet --release -p eport-schema --features openapi --example openapi > .build/openapi.new || exit
        if cmp -s .build/openapi.new .build/openapi.json && [[ -s src/api/schema.d.ts ]]; then
            rm .build/openapi.new
        else
            mv .build/openapi.new .build/openapi.json
            npm run --silent types || exit
        fi
        if [[ ! -e dist/files.json || -n $(find src public index.html vite.config.ts build package-lock.json ../docs/manual -newer dist/files.json -print -quit) ]]; then
            npm run --silent check && npm run --silent build
        fi
    )
}

# A folder's packages, as its package-lock.json has them.
install_packages() {
    cmp -s "$1/package-lock.json" "$1/node_modules/.installed.json" && return
    local major minor
    command -v npm > /dev/null || fail "npm is missing: run script/setup"
    IFS=. read -r major minor _ < <(node --version | tr -d v)
    ((major > 20 || major == 20 && minor >= 19)) || fail "Node.js 20.19 or newer is needed, and this is $(node --version). https://nodejs.org has it."
    step "Installing packages into $1/node_modules"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error) \
        || fail "npm could not install $1/package-lock.json. Is there a network? Behind a mirror, set npm_config_registry."
    cp "$1/package-lock.json" "$1/node_modules/.installed.json"
}

build_components() {
    local packages=() name
    for name in "${components[@]}"; do packages+=(-p "eport-$name"); done
    cargo build ${CI:+--locked} --target wasm32-wasip2 --profile component "${packages[@]}" && place_components
}

# spin.toml names the components under target/, wherever cargo put them. A file is replaced as a whole, so that a server that starts
# meanwhile reads the old one or the new one.
place_components() {
    local built=$target/wasm32-wasip2/component wanted=$repository/target/wasm32-wasip2/component name file
    [[ $built -ef $wanted ]] && return
    mkdir -p "$wanted" || return
    for name in "${components[@]}"; do
        file=eport_$name.wasm
        if ! cmp -s "$built/$file" "$wanted/$file"; then
            cp "$built/$file" "$wanted/.$file.$$" && mv -f "$wanted/.$file.$$" "$wanted/$file" || return
        fi
    done
}

build_runtime() {
    cargo build ${CI:+--locked} --release -p eport-edge
}
