import SwellModel
import SwellStore

/// The timeline of the demo's run as a table.
struct DemoTimeline {
  private let snapshot: RunSnapshot

  init(_ snapshot: RunSnapshot) {
    self.snapshot = snapshot
  }

  func write() {
    var table = Table(
      ["AT", "+MS", "EVENT", "NODE", "ATTEMPT", "WORKER"], right: ["+MS", "ATTEMPT"])
    // Sixty items are sixty lines too many.
    for event in snapshot.timeline where !isItem(event) {
      let offset = event.at.map { $0.elapsed(since: snapshot.run.created) }
      table.add([
        Words.clock(event.at), offset.map { "\($0.microseconds / 1000)" } ?? "", event.event,
        event.node ?? "", event.attempt.map(String.init) ?? "",
        snapshot.name(of: event.worker),
      ])
    }
    table.write(indent: "  ")
    let items = snapshot.nodes.count { $0.item > 0 }
    Terminal.line("  and \(Words.count(items, "item")) of measure, each with its own row")
  }

  private func isItem(_ event: RunTimelineView.Row) -> Bool {
    event.detail.flatMap { try? JSONValue.parse($0) }?["item"] != nil
  }
}
