# The step of .ci/run about locks and tasks. .ci/run reads this file.

# Schedules for each model: half of them random, half of them with few preemptions.
model_schedules=20000
model_schedules_short=400

# Runs the models of locks, channels and tasks: crates/auth0-api-core/src/sync says what they contain. Compiles core without its
# features and without debug information, in a folder of its own: the flag would make cargo compile everything else again.
# MODEL_ITERATIONS sets another number of schedules, and SHUTTLE_RANDOM_SEED chooses other ones.
step_models() {
    local schedules=$model_schedules
    [ -z "$is_short" ] || schedules=$model_schedules_short
    local -x RUSTFLAGS="${RUSTFLAGS:-} --cfg shuttle" CARGO_PROFILE_DEV_DEBUG=0
    local -x MODEL_ITERATIONS=${MODEL_ITERATIONS:-$schedules}
    timeout 3600 cargo test --locked -p auth0-api-core --no-default-features --lib --target-dir "$target/models" \
        -- model_tests:: 2>&1 | tee "$work/models"
    if grep -q '^running 0 tests' "$work/models"; then
        echo "no models ran" >&2
        return 1
    fi
}
