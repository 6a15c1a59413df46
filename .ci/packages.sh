# Steps of .ci/run about what users install: the packages, their lowest dependencies, the README's code, the template.
# .ci/run reads this file.

cargo_hack_version=0.6.46

# Checks what each package contains: a README, both licences, no tests, no test data and no private keys. A private key is
# the first line of a PEM file followed by a line of Base64.
step_package() {
    local crate name files file status=0
    for crate in crates/*/; do
        name=$(basename "$crate")
        files=$(cargo package --list --allow-dirty --offline -p "$name")
        for file in README.md LICENSE-APACHE LICENSE-MIT; do
            grep -qx "$file" <<<"$files" || { echo "$name: the package has no $file" >&2; status=1; }
        done
        if grep -v '^\.cargo_vcs_info' <<<"$files" | grep -E '(^|/)(tests|testdata|fixtures)/|tests\.rs$|\.(pem|key|der|json)$'; then
            echo "$name: the package has tests or their data" >&2
            status=1
        fi
        while IFS= read -r file; do
            [ -f "$crate$file" ] || continue # made by cargo
            if grep -A1 -E 'BEGIN [A-Z ]*PRIVATE KEY-----' "$crate$file" | grep -qE '[A-Za-z0-9+/]{40}'; then
                echo "$name: $file contains a private key" >&2
                status=1
            fi
        done <<<"$files"
    done
    return "$status"
}

# Packs every crate, and builds each package from its archive, in the order of the dependencies. cargo finds those that are
# not published yet in a registry that it makes for this command. `cargo publish --dry-run` does the same, but asks crates.io.
step_publish() {
    local crate packages=()
    for crate in crates/*/; do packages+=(-p "$(basename "$crate")"); done
    cargo package "${packages[@]}" --allow-dirty --locked --offline
}

# Builds every crate, alone, with the lowest version of each direct dependency that its manifest allows. The option that
# chooses them is unstable: RUSTC_BOOTSTRAP allows it for the command that writes the lock file. The stable compiler builds.
step_minimal() {
    local crate
    copy_crates "$work/minimal"
    for crate in crates/*/; do
        crate=$(basename "$crate")
        echo "$crate"
        (
            cd "$work/minimal"
            sed -i "s/^members = .*/members = [\"crates\/$crate\"]/" Cargo.toml
            rm -f Cargo.lock
            RUSTC_BOOTSTRAP=1 cargo update -Z direct-minimal-versions --quiet
            cargo check --quiet --locked --all-features --target-dir "$target" -p "$crate"
        )
    done
}

# Builds each crate alone with every combination of its features. `default` is one of these combinations.
step_powerset() {
    ensure_cargo cargo-hack "$cargo_hack_version"
    copy_crates "$work/powerset"
    (
        cd "$work/powerset"
        CARGO_TARGET_DIR=$target cargo hack check --workspace --feature-powerset --exclude-features default --offline
    )
}

# Checks the minimum Rust version. With a toolchain of that version, or in the long form with one that rustup can install,
# builds with it. Otherwise compares the version with those that the dependencies declare; the functions of the standard library are the
# matter of clippy's `incompatible_msrv`.
step_msrv() {
    local declared highest
    declared=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
    copy_crates "$work/msrv"
    (
        cd "$work/msrv"
        # Removes what only tests and examples need from the lock file.
        cargo metadata --offline --format-version 1 --all-features >"$work/metadata"
        highest=$(grep -oE '"rust_version":"[^"]+"' "$work/metadata" | cut -d'"' -f4 | sort -Vu | tail -1)
        echo "declared: Rust $declared; the highest rust-version of $(grep -c '^name' Cargo.lock) packages: $highest"
        if [ "$(printf '%s\n' "$declared" "$highest" | sort -V | tail -1)" != "$declared" ] && [ "$highest" != "$declared.0" ]; then
            echo "a dependency needs Rust $highest" >&2
            exit 1
        fi
        if [ -z "$is_short" ]; then
            timeout 100 rustup toolchain install "$declared" --profile minimal >/dev/null 2>&1 || true
        fi
        if rustup toolchain list 2>/dev/null | grep -qE "^$declared[.-]"; then
            cargo "+$declared" check --workspace --all-features --locked --target-dir "$target/msrv"
        else
            echo "there is no toolchain of Rust $declared: not built with it"
        fi
    )
}

# Copies the crates to the folder, without the dependencies of their tests: what a user's build sees. Each crate is then
# built only with features that it enables itself.
copy_crates() {
    local manifest
    mkdir -p "$1"
    cp Cargo.lock LICENSE-APACHE LICENSE-MIT "$1"
    tar -c --exclude=node_modules crates | tar -x -C "$1"
    sed 's/^members = .*/members = ["crates\/*"]/; /^exclude = \["fuzz"/d' Cargo.toml >"$1/Cargo.toml"
    for manifest in crates/*/Cargo.toml; do
        awk '/^\[/ { dev = /dev-dependencies\]$/ } !dev' "$manifest" >"$1/$manifest"
    done
}

# Makes a package outside of the workspace for README.md and for the README of each crate, as a user would: adds what the
# README's `cargo add` lines name, and builds each Rust snippet as a file of its own. The crates of this repository stand
# for their released versions. Needs no network. In the long form, builds each package with only its own features.
step_readme() {
    local readme name members=() folder=$work/readme
    mkdir -p "$folder"
    cp Cargo.lock "$folder"
    for readme in README.md crates/*/README.md; do
        name=$(basename "$(dirname "$readme")")
        [ "$name" != . ] || name=root
        readme_package "$readme" "$folder/readme-$name"
        members+=("readme-$name")
    done
    (
        cd "$folder"
        if [ -n "$is_short" ]; then
            cargo check --tests --workspace --offline --target-dir "$target"
        else
            for name in "${members[@]}"; do cargo check --tests -p "$name" --offline --target-dir "$target"; done
        fi
    )
}

# readme_package README FOLDER
readme_package() {
    local added line word before names arguments
    new_package "$2"
    added=$(grep -oE 'cargo add [^`#]*' "$1" || true)
    while read -r _ _ line; do
        arguments=() names=() before=
        for word in $line; do
            if [[ $word == -* || $before =~ ^(-F|--features)$ ]]; then
                arguments+=("$word")
            else
                names+=("$word")
            fi
            before=$word
        done
        for word in "${names[@]}"; do add_dependency "$2" "$word" "${arguments[@]}"; done
    done < <(printf '%s' "$added${added:+$'\n'}")
    # As rustdoc does: lines that begin with `# ` are hidden and part of the code, and code without `main` is its body.
    # Code with tests is the whole file: a test inside of `main` would not be one.
    awk -v folder="$2/tests" '
        function write() {
            file = folder "/snippet_" ++count ".rs"
            print "#![allow(unused)]\n" (code ~ /fn main\(|::test\]/ ? code : "fn main() {\n" code "}") > file
        }
        /^ *```rust/ && !/ignore/ { inside = 1; code = ""; next }
        /^ *```/                  { if (inside) write(); inside = 0 }
        inside                    { sub(/^# /, ""); code = code $0 "\n" }
    ' "$1"
}

# new_package FOLDER: makes an empty package in the folder, as a member of the workspace in the folder above.
new_package() {
    mkdir -p "$1/src" "$1/tests"
    printf '[workspace]\nresolver = "3"\nmembers = ["*"]\n%s\n' "$(profiles)" >"$(dirname "$1")/Cargo.toml"
    printf '[package]\nname = "%s"\nedition = "2024"\n' "$(basename "$1")" >"$1/Cargo.toml"
    : >"$1/src/lib.rs"
}

# Prints the profiles of the workspace: with the same ones, packages outside of it use what is compiled already.
profiles() {
    awk '/^\[/ { profile = /^\[profile\.dev/ } profile' Cargo.toml
}

# add_dependency FOLDER CRATE [OPTIONS OF CARGO ADD]: a crate of this repository by its path, another one in the version
# that Cargo.lock has.
add_dependency() {
    local folder=$1 name=$2 version
    shift 2
    if [ -d "crates/$name" ]; then
        set -- --path "$PWD/crates/$name" "$@"
    else
        version=$(awk -v line="name = \"$name\"" '$0 == line { getline; gsub(/[^0-9.]/, ""); print }' Cargo.lock | sort -V | tail -1)
        if [ -z "$version" ]; then
            echo "Cargo.lock has no package $name" >&2
            return 1
        fi
        # The default features of actix-web need crates that are not in Cargo.lock.
        [ "$name" != actix-web ] || set -- --no-default-features "$@"
        set -- "$name@$version" "$@"
    fi
    cargo add --quiet --offline --manifest-path "$folder/Cargo.toml" "$@"
}

# Fills in the template as `cargo generate` does, and tests the result against the crates of this repository. The template
# has dependencies that Cargo.lock does not have.
step_template() {
    local folder=$work/my-api file
    cp -R templates/axum "$folder"
    rm "$folder/cargo-generate.toml"
    while IFS= read -r file; do
        sed -i 's/{{project-name}}/my-api/g; s/{{crate_name}}/my_api/g; s/{{dpop}}/accept/g' "$file"
        if grep -nE '\{\{|\{%' "$file"; then
            echo "$file: a placeholder without a value" >&2
            return 1
        fi
    done < <(find "$folder" -type f)
    cp Cargo.lock "$folder"
    {
        profiles
        for file in crates/*/; do
            printf '[patch.crates-io.%s]\npath = "%s"\n' "$(basename "$file")" "$PWD/$file"
        done
    } >>"$folder/Cargo.toml"
    (
        cd "$folder"
        cargo fmt --check
        cargo clippy --all-targets --target-dir "$target" -- -D warnings
        cargo test --target-dir "$target"
    )
}

# Builds the documentation as docs.rs does: with all features, and with the marks of the items that need a feature. They
# are unstable: RUSTC_BOOTSTRAP allows them.
step_docsrs() {
    RUSTC_BOOTSTRAP=1 RUSTDOCFLAGS="-Dwarnings --cfg docsrs" \
        cargo doc --workspace --no-deps --all-features --target-dir "$target/docsrs"
    grep -rq "Available on .*crate feature" "$target/docsrs/doc/auth0_api_axum"
}

# Looks for the pages behind the READMEs' links to docs.rs, among those that `cargo doc` has just made.
check_docs_links() {
    local link page status=0
    while IFS= read -r link; do
        page=${link#*/latest/}
        if [ ! -e "$target/doc/$page" ] && [ ! -e "$target/doc/${page}index.html" ]; then
            echo "the documentation has no page for $link" >&2
            status=1
        fi
    done < <(grep -ohE 'https://docs\.rs/auth0-api-[a-z]+/latest/[^ )#]+' README.md {crates,templates}/*/README.md | sort -u)
    return "$status"
}
