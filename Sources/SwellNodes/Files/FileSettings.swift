import SwellModel

/// What a `file` node is to do, with its expressions evaluated.
struct FileSettings: Sendable {
  enum Task: Sendable {
    case read(RelativePath, maxBytes: Int)
    case list(RelativePath, RootFolder.Search)
    case write(RelativePath, FileKind.Mode)
  }

  var task: Task
  var format: FileFormat
  var table = TableLayout()

  init(_ with: Payload?, role: Node.Role) throws(NodeError) {
    let settings = try EvaluatedSettings.read(with, kind: "file", role: role)
    let name = settings["path"]?.string ?? ""
    format =
      settings["format"]?.string.flatMap(FileFormat.init(rawValue:)) ?? FileFormat(path: name)
    if let list = settings["list"]?.string {
      task = .list(try Self.path(list), try Self.search(settings))
      return
    }
    let path = try Self.path(name)
    if role == .sink {
      task = .write(
        path, settings["mode"]?.string.flatMap(FileKind.Mode.init(rawValue:)) ?? .replace)
    } else {
      let size = settings["maxBytes"]
      let limit = size?.int.map { Int($0) } ?? size?.string.flatMap(ByteSizeText.parse)
      task = .read(path, maxBytes: limit ?? FileKind.defaultMaxBytes)
    }
    table.hasHeader = settings["header"]?.bool ?? true
    table.delimiter =
      settings["delimiter"]?.string?.utf8.first
      ?? (name.lowercased().hasSuffix(".tsv") ? UInt8(ascii: "\t") : UInt8(ascii: ","))
    table.columns = settings["columns"]?.array?.compactMap(\.string)
  }

  private static func path(_ text: String) throws(NodeError) -> RelativePath {
    do throws(RelativePath.Problem) {
      return try RelativePath(text)
    } catch {
      throw NodeError(
        .validation, error.message, code: error.leadsOut ? "path_outside_root" : "invalid_path")
    }
  }

  private static func search(_ settings: JSONValue) throws(NodeError) -> RootFolder.Search {
    var search = RootFolder.Search()
    let patterns =
      settings["pattern"]?.string.map { [$0] } ?? settings["pattern"]?.array?.compactMap(\.string)
      ?? []
    for pattern in patterns { search.patterns.append(try NamePattern(pattern)) }
    search.isRecursive = settings["recursive"]?.bool ?? false
    search.takesHidden = settings["hidden"]?.bool ?? false
    search.maxFiles = settings["maxFiles"]?.int.map { Int($0) } ?? FileKind.defaultMaxFiles
    return search
  }
}
