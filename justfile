# Every recipe is a step of .ci/run, which holds the cargo command: what you run is what CI runs.

# Everything CI runs
ci:
    .ci/run

# The tests, the README's way
test:
    .ci/run test

# The guided tour of the README
quickstart:
    .ci/run quickstart

# Clippy, warnings rejected
lint:
    .ci/run clippy features

# Writes the format; CI only looks at it
fmt:
    cargo fmt --all

# The API documentation, warnings rejected
doc:
    .ci/run doc

# Licences, banned and duplicate crates, sources
deny:
    .ci/run deny

# Every benchmark once, to see that it works
bench-check:
    .ci/run benches

# The benchmarks, measured
bench:
    cargo bench --workspace --bench '*'

# Each fuzz target for ten seconds
fuzz:
    .ci/run fuzz
