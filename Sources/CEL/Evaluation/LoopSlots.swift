/// Where a loop keeps its variables.
struct LoopSlots: Sendable {
  let first: Int
  let second: Int?
}
