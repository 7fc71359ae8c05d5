//! One test for each way that skat moves bytes.

/// Runs the body of a test on the fast path, on the copying path, and with stdin and stdout
/// carried by helper threads.
macro_rules! on_each_way {
    ($($tests:tt)*) => {
        crate::support::each::on_each! {
            [fast Fast, copying Copying, helpers Helpers]
            $($tests)*
        }
    };
}
pub(crate) use on_each_way;

/// Runs the body of a test with skat's own handling of stdin and stdout, and with helper threads
/// that carry them.
macro_rules! on_each_stdio {
    ($($tests:tt)*) => {
        crate::support::each::on_each! { [own Fast, helpers Helpers] $($tests)* }
    };
}
pub(crate) use on_each_stdio;

/// A module for each test, in which it runs in these ways.
macro_rules! on_each {
    ($ways:tt $($(#[$attribute:meta])* fn $name:ident($way:ident) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            fn body($way: crate::support::Way) $body

            crate::support::each::run! { $ways }
        }
    )*};
}
pub(crate) use on_each;

macro_rules! run {
    ([$($name:ident $way:ident),*]) => {$(
        #[test]
        fn $name() {
            body(crate::support::Way::$way);
        }
    )*};
}
pub(crate) use run;
