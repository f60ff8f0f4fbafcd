import ArgumentParser
import SwellStore

struct QueuesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queues", abstract: "Show how much waits in each queue, and how fast it moves.")

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let list = try await database.withConnection { connection in
      try await QueuesView.list(over: connection, within: DatabaseOptions.limit)
    }
    var table = Table(
      ["QUEUE", "DEPTH", "DUE", "IN FLIGHT", "PER MINUTE", "OLDEST DUE"],
      right: ["DEPTH", "DUE", "IN FLIGHT", "PER MINUTE"])
    for queue in list {
      if output.isJSON {
        var fields = JSONFields()
        fields.add("queue", queue.queue)
        fields.add("depth", queue.depth)
        fields.add("due", queue.due)
        fields.add("in_flight", queue.inFlight)
        fields.add("oldest_due", queue.oldestDue)
        fields.add("finished_last_minute", queue.finishedLastMinute)
        fields.print()
      } else {
        table.add([
          queue.queue, "\(queue.depth)", "\(queue.due)", "\(queue.inFlight)",
          "\(queue.finishedLastMinute)", Words.moment(queue.oldestDue),
        ])
      }
    }
    if !output.isJSON { list.isEmpty ? Terminal.note("no queues") : table.write() }
  }
}
