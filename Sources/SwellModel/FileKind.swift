/// What `with` of a `file` node may hold.
public enum FileKind {
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// The file has the new content, or the old one, at any moment.
    case replace
    /// The lines come behind those that it holds.
    case append
  }

  /// The most that a file may hold that is read, unless the node says otherwise, in bytes.
  public static let defaultMaxBytes = 1 << 20
  /// The most files that a list may have, unless the node says otherwise: a map takes no more.
  public static let defaultMaxFiles = 10_000

  static let settings = [
    DefinitionKey(
      "path", .filledText, "the file to read, below the worker's --root, such as orders.csv",
      roles: [.source]),
    DefinitionKey(
      "path", .filledText, "the file to write, below the worker's --root, such as orders.csv",
      isRequired: true, roles: [.sink]),
    DefinitionKey(
      "list", .filledText, "the folder whose files are listed, '.' for the worker's --root itself",
      roles: [.source]),
    DefinitionKey(
      "pattern", .either([.filledText, .list(.filledText, atLeast: 1)]),
      "which names are listed, such as '*.csv', or a list of them; all by default",
      roles: [.source]),
    DefinitionKey(
      "recursive", .flag, "whether folders within are searched (default: false)", roles: [.source]),
    DefinitionKey(
      "hidden", .flag, "whether names that begin with a dot are listed, too (default: false)",
      roles: [.source]),
    DefinitionKey(
      "maxFiles", .whole(1...100_000), "the most files that are listed (default: 10000)",
      roles: [.source]),
    DefinitionKey(
      "format", .choice(FileFormat.allCases.map(\.rawValue)),
      "what the file holds; what its name ends with says it by default"),
    DefinitionKey(
      "mode", .choice(Mode.allCases.map(\.rawValue)),
      "replace (the default) what it holds, or append lines", roles: [.sink]),
    DefinitionKey("header", .flag, "csv: whether the first line names the columns (default: true)"),
    DefinitionKey(
      "delimiter", .matching("^[\t !#-~]$", what: "one character, such as ';'"),
      "csv: what parts the cells; ',', and a tab for .tsv"),
    DefinitionKey(
      "columns", .list(.filledText, atLeast: 1),
      "csv: the columns in their order, where the file or its rows do not say it"),
    DefinitionKey(
      "maxBytes", .size, "the most bytes that a file may hold that is read (default: 1MiB)",
      roles: [.source]),
  ]

  private static let ofLists = ["pattern", "recursive", "hidden", "maxFiles"]
  private static let ofFiles = ["format", "mode", "maxBytes"] + ofCSV
  private static let ofCSV = ["header", "delimiter", "columns"]

  @Sendable static func check(
    _ with: LocatedObject, _ role: Node.Role
  ) -> [DefinitionProblem] {
    var report = DefinitionReport()
    let list = role == .source ? with.member("list") : nil
    if let list {
      if with["path"] != nil {
        report.add(
          "misplaced_setting", "file has 'path' or 'list', not both", path: "list",
          at: list.keyPlace)
      }
      refuse(ofFiles, of: with, "with list: the files are read by nodes of their own", &report)
      checkPath(list.value, key: "list", isFolder: true, &report)
    } else {
      if with["path"] == nil, role == .source {
        report.add(
          "missing_key", "file needs 'path', a file to read, or 'list', a folder to look into",
          path: "path", at: with.place)
      }
      if role == .source { refuse(ofLists, of: with, "without list", &report) }
    }
    if let path = with["path"] { checkPath(path, key: "path", isFolder: false, &report) }
    guard list == nil, let format = format(of: with) else { return report.problems }
    if format != .csv { refuse(ofCSV, of: with, "for the format \(format)", &report) }
    if let mode = with.member("mode"), mode.value.string == Mode.append.rawValue,
      !format.canBeAppended
    {
      report.add(
        "misplaced_setting",
        "append is for the formats ndjson and lines, and this file's is \(format)", path: "mode",
        at: mode.value.place)
    }
    return report.problems
  }

  /// The format, as far as it is written out.
  private static func format(of with: LocatedObject) -> FileFormat? {
    if let format = with["format"] { return format.string.flatMap(FileFormat.init(rawValue:)) }
    guard let path = with["path"]?.string else { return nil }
    // The end of a path counts, and that may be what an expression gives.
    return path.hasSuffix("}}") ? nil : FileFormat(path: path)
  }

  private static func refuse(
    _ keys: [String], of with: LocatedObject, _ where: String, _ report: inout DefinitionReport
  ) {
    for member in with.members where keys.contains(member.key) {
      report.add(
        "misplaced_setting", "'\(member.key)' means nothing \(`where`)", path: member.key,
        at: member.keyPlace)
    }
  }

  private static func checkPath(
    _ value: LocatedValue, key: String, isFolder: Bool, _ report: inout DefinitionReport
  ) {
    guard let text = value.string, !text.isEmpty, !value.isTemplate else { return }
    do throws(RelativePath.Problem) {
      let path = try RelativePath(text)
      if !isFolder, path.isRoot || text.hasSuffix("/") {
        report.add(
          "invalid_path", "the path '\(text.shortened)' names a folder, not a file", path: key,
          at: value.place)
      }
    } catch {
      report.add(
        error.leadsOut ? "path_outside_root" : "invalid_path", error.message, path: key,
        at: value.place)
    }
  }
}
