//! Imports point one way: main → cli → commands → engine → net → sys.
