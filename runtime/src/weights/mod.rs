//! Weights, measured on this runtime by `scripts/weights`.
