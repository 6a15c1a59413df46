# Most recipes run a step of .ci/run, which has the cargo command: developers run the same commands as CI.

# Everything CI runs
ci:
    .ci/run

# All tests, with the command of the README
test:
    .ci/run test

# The guided tour of the README
quickstart:
    .ci/run quickstart

# Clippy; warnings are errors
lint:
    .ci/run clippy features

# Formats the code; CI only checks the format
fmt:
    cargo fmt --all

# The floors of ARCHITECTURE.md against the imports
floors:
    .ci/run floors

# The API documentation; warnings are errors
doc:
    .ci/run doc

# Licences, banned and duplicate crates, sources
deny:
    .ci/run deny

# Runs every benchmark once, to check that it works
bench-check:
    .ci/run benches

# Runs the benchmarks and measures
bench:
    cargo bench --workspace --bench '*'

# Each fuzz target for ten seconds
fuzz:
    .ci/run fuzz
