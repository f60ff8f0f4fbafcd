// What tests of applications need too: a database of their own, time that they move, faults.
//
//   TestServer ── one private PostgreSQL for the test process, fsync off
//   TestDatabase ── a database of one test, made from a migrated template
