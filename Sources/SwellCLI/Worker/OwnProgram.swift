import Foundation

/// The file of this program, for commands that start more of it.
enum OwnProgram {
  /// - Throws: a failure that says so when the program has another name than `swell`.
  static func path() throws -> String {
    #if os(Linux)
      let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #else
      let path = Bundle.main.executablePath
    #endif
    guard let path, path.hasSuffix("/swell") else {
      throw CommandFailure(
        .software, "no_program", "this command needs to run as a program of the name swell")
    }
    return path
  }
}
