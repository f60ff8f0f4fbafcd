// Runs of workflows in memory, for tests: the rules are those of `SwellCore`, time is moved by hand, and
// what nodes give is given by the test. No database, no worker, nothing that waits.
//
//   a cases file ──CaseReader──> TrialSuite ── TrialCase ─┐ expectations
//                                                         v
//   a Swift test ───────────────────────────────> WorkflowTrial
//                                                         │ run
//      attempts that end, messages, timers                v
//        ┌────────── the next moment ──────────────── TrialRun: advance, next, plan, settle
//        └──────────────────────────────────────────────> │
//                                                         v
//                                                    TrialResult: state, output, nodes, events
//
// A trial is deterministic: what ends at the same moment ends together, jitter is 0 or comes from a
// seed, and the clock begins where the test says. What it cannot know it does not guess: a node that
// would do I/O and has no output is a `TrialProblem`, which names what to add.
@_exported import SwellModel
