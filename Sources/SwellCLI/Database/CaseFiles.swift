import Foundation

/// Finds the cases files that a person named, or that are in folders.
enum CaseFiles {
  private static let endings = [".test.yaml", ".test.yml", ".test.json"]

  /// - Throws: a failure of exit 65 when one is not there, or there are none.
  static func find(_ paths: [String]) throws -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw CommandFailure(.data, "no_such_file", "there is no file or folder \(path)")
      }
      guard isFolder.boolValue else {
        files.append(path)
        continue
      }
      let found = inside(path)
      guard !found.isEmpty else {
        throw CommandFailure(
          .data, "no_cases", "there are no cases in \(path)",
          remedy: "Name them NAME.test.yaml; docs/testing.md says what is in them.")
      }
      files += found
    }
    var seen: Set<String> = []
    return files.filter { seen.insert($0).inserted }
  }

  /// In the order of their names; what is hidden is not looked into.
  private static func inside(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    var files: [String] = []
    for name in names.sorted() where !name.hasPrefix(".") {
      let path = folder == "." ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        // A link may lead back up.
        let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
        if !isLink { files += inside(path) }
      } else if endings.contains(where: name.hasSuffix) {
        files.append(path)
      }
    }
    return files
  }
}
