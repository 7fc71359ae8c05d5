# The project's commands by short names. `just` alone lists them.

_default:
    @just --list

# Run all tests.
test:
    cargo test --locked

# Check the form and the common mistakes.
lint:
    cargo fmt --all --check
    cargo clippy --all-targets --locked -- -D warnings

# Build the documentation of the code.
docs:
    RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --document-private-items --locked

# Rewrite man/ and completions/ from the parser.
regenerate:
    SKAT_REGENERATE=1 cargo test --locked --test generated

# Measure beside peers and limits; -- --help shows the options.
bench *options:
    cargo bench --locked --bench peers -- {{options}}

# Count instructions and compare them with those that are kept.
instructions:
    cargo bench --locked --bench instructions

# Everything that must hold before a change lands.
ci:
    .ci/run
