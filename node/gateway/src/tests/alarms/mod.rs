//! Early warning: rules over what devices send, and alerts on their way.

mod at_once;
mod commands;
mod cut;
mod day;
mod entries;
mod muted;
mod prune;
mod roster;
mod rules;
mod silence;
mod tell;
mod way;
mod world;
