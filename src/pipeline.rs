//! The conductor: joins the stages, prepare (1-2), link (3-4), resolve (5-7).
