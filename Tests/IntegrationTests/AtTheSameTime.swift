import Testing

/// Tries some cases at the same time, where each waits more than it computes. What a case throws is an issue of its own;
/// what it expects says which case it is.
func atTheSameTime<Case: Sendable>(
  _ cases: [Case], _ body: @escaping @Sendable (Case) async throws -> Void
) async {
  await withTaskGroup(of: Void.self) { group in
    for (place, one) in cases.enumerated() {
      if place >= 3 { await group.next() }
      group.addTask {
        do {
          try await body(one)
        } catch {
          Issue.record(error, "\(one)")
        }
      }
    }
  }
}
