import Foundation

/// Where the built programs are: beside the test bundle, or where `SWELL_TEST_BIN` says.
enum Products {
  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  static func path(of program: String) throws -> String {
    var folders: [String] = []
    if let folder = ProcessInfo.processInfo.environment["SWELL_TEST_BIN"] { folders.append(folder) }
    var url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    for _ in 0..<4 {
      url.deleteLastPathComponent()
      folders.append(url.path)
    }
    for folder in folders {
      let path = folder + "/" + program
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw Missing(
      description:
        "there is no \(program) in \(folders); build it first: swift build --build-tests")
  }
}
