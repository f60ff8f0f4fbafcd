/// What the steps found, by their ids, as the last one is given it.
struct FolderReport: Codable, Sendable, Hashable {
  var lines: LineCounts
  var largest: [FolderListing.File]
  var duplicates: DuplicateFiles
  var changes: RecentFiles
  /// How many rows the sql sink made.
  var stored: Int
  var advice: String

  func write() {
    Terminal.line("\(lines.files) files, \(Self.size(lines.bytes))")
    Terminal.line()
    var table = Table(["TYPE", "FILES", "LINES", "SIZE"], right: ["FILES", "LINES", "SIZE"])
    for row in lines.rows {
      table.add([row.type, "\(row.files)", "\(row.lines)", Self.size(row.bytes)])
    }
    table.write(indent: "  ")
    Terminal.line()
    var files = Table(["SIZE", "LARGEST FILES"], right: ["SIZE"])
    for file in largest.prefix(5) { files.add([Self.size(file.size), file.path]) }
    files.write(indent: "  ")
    Terminal.line()
    var recent = Table(["LAST CHANGED (by date: the index did not answer)"])
    for file in changes.files { recent.add([file.path]) }
    recent.write(indent: "  ")
    Terminal.line()
    Terminal.line(
      "  \(Words.count(duplicates.groups, "group")) of duplicates, "
        + "\(Self.size(duplicates.wasted)) to be saved: \(advice)")
    for group in duplicates.worst {
      Terminal.line("    \(Self.size(group.size)): " + group.paths.joined(separator: " = "))
    }
  }

  private static func size(_ bytes: Int) -> String {
    if bytes < 1024 { return "\(bytes) B" }
    if bytes < 1 << 20 { return "\(bytes >> 10) KiB" }
    if bytes < 1 << 30 { return "\(bytes >> 20) MiB" }
    return "\(bytes >> 30) GiB"
  }
}
