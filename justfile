# Most recipes run a step of .ci/run, so that developers run the same commands as CI.

# All steps that CI runs
ci:
    .ci/run

# All tests, with the test command of the README
test:
    .ci/run test

# The flows of auth0-spa-js, in Chromium
browser:
    .ci/run browser

# The guided tour of the README
quickstart:
    .ci/run quickstart

# Clippy; warnings are errors
lint:
    .ci/run clippy features

# Formats the code; CI only checks the format
fmt:
    cargo fmt --all

# Compares the imports with the floors of ARCHITECTURE.md
floors:
    .ci/run floors

# Builds the API documentation; warnings are errors
doc:
    .ci/run doc

# Checks licences, banned and duplicate crates, and sources
deny:
    .ci/run deny

# What a user installs: the contents of the packages, the code of the READMEs, the template, the minimum Rust version
packages:
    .ci/run package readme template msrv

# Runs every benchmark once, to check that the benchmark works
bench-check:
    .ci/run benches

# Runs the benchmarks and measures
bench:
    cargo bench --workspace --bench '*'

# Runs the models of locks and tasks under many schedules
models:
    .ci/run models

# Runs each fuzz target for five seconds
fuzz:
    .ci/run fuzz

# Mutants of the lines that differ from origin/main: changes that no test notices
mutants:
    .ci/run mutants
