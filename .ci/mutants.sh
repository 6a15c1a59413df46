# Step of .ci/run about mutants: changes the code of core in one place, and runs the tests. .cargo/mutants.toml says which
# code, and lists the changes that no test can notice. .ci/run reads this file.
#
#   .ci/run mutants                       the lines that differ from the base: the merge base with origin/main, or, on main
#                                         itself, the last commit
#   MUTANTS_BASE=v0.1.0 .ci/run mutants   the lines that differ from this commit
#   MUTANTS=3/40 .ci/run mutants          a shard of all lines: the fourth of forty
#   MUTANTS=all .ci/run mutants           all lines, which takes many hours
#   MUTANTS=TargetUrl .ci/run mutants     the mutants whose names match this regular expression
#
# An interrupted run continues when it is called again: target/mutants remembers which mutants were caught. After a change
# of the code, remove this folder.

cargo_mutants_version=27.1.0

step_mutants() {
    local name=${MUTANTS:-diff} selection folder base
    ensure_cargo cargo-mutants "$cargo_mutants_version"
    if [ "$name" = diff ]; then
        base=$(mutants_base)
        git diff "$base" -- crates/auth0-api-core/src >"$work/diff"
        if [ ! -s "$work/diff" ]; then
            echo "no line of core differs from $base"
            return
        fi
        selection=(--in-diff "$work/diff")
        name=diff-$(git hash-object "$work/diff")
    elif [ "$name" = all ]; then
        selection=()
    elif [[ $name =~ ^[0-9]+/[0-9]+$ ]]; then
        selection=(--shard "$name")
    else
        selection=(--re "$name")
    fi
    folder=$target/mutants/${name//[^A-Za-z0-9]/-}
    # The tests of the library take a few seconds. Only the mutants that survive them meet the tests over real sockets.
    mutate "$folder/lib" "${selection[@]}" -- --lib || [ $? -eq 2 ]
    mapfile -t selection < <(sed 's/[][\.*^$+?(){}|]/\\&/g; s/.*/--re=^&$/' "$folder/lib/mutants.out/missed.txt")
    [ "${#selection[@]}" -gt 0 ] || return 0
    # cargo-mutants would look for the test `it` in core before the first mutant, so this command takes its place.
    cargo test --locked -p auth0-api-tests --test it
    mutate "$folder/it" --test-package auth0-api-tests --baseline skip --timeout 900 "${selection[@]}" -- --test it
}

# Prints the commit that the changes are compared with.
mutants_base() {
    local base=${MUTANTS_BASE:-}
    [ -n "$base" ] || base=$(git merge-base HEAD origin/main 2>/dev/null) || base=HEAD~1
    [ "$(git rev-parse "$base")" != "$(git rev-parse HEAD)" ] || base=HEAD~1
    git rev-parse "$base"
}

# mutate FOLDER [OPTIONS OF CARGO MUTANTS]: writes the results to the folder. Ends with 2 if a mutant survives.
mutate() {
    local folder=$1 status=0
    shift
    mkdir -p "$folder"
    # Each mutant changes one function, so here, incremental data saves time. The dependencies are compiled once, and the
    # folder with them is kept.
    CARGO_INCREMENTAL=1 CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$target/mutants/target \
        cargo mutants --package auth0-api-core --output "$folder" --iterate --colors never "$@" ||
        status=$?
    # 3: no mutant survived, and some were caught because they exceeded the time limit, as an endless loop must.
    [ "$status" -eq 3 ] || return "$status"
}
