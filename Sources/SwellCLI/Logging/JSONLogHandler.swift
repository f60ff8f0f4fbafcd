import Logging
import SwellModel
import SwellStore

/// Log lines for machines: one JSON object a line, with the metadata beside the message.
struct JSONLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level = .info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var all = metadata
    all.merge(metadataProvider?.get() ?? [:]) { _, new in new }
    all.merge(event.metadata ?? [:]) { _, new in new }
    var fields = JSONFields()
    fields.add("ts", LogClock.now())
    fields.add("level", event.level.rawValue)
    fields.add("message", "\(event.message)")
    for (key, value) in all.sorted(by: { $0.key < $1.key }) {
      // A key of ours stays ours.
      let name = ["ts", "level", "message"].contains(key) ? "_" + key : key
      fields.add(name, "\(value)")
    }
    Terminal.note(fields.value.payload.text)
  }
}
