# What the scripts share. Sourced, with the repository as the working directory.
# shellcheck shell=bash

repository=$PWD
components=(registrations sessions accounts cards enterprises operators permissions seals messages platform)

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
