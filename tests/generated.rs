//! The manual pages and completions are what the parser says.
