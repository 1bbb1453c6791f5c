//! Nothing: its dependencies are what it is for. A build with the tests asks some crates for more features than a build
//! without them, and everything above such a crate would be compiled twice; named here, the features are always on.
