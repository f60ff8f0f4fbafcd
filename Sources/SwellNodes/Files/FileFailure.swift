import SwellModel

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What the system says of a file, as an error of the node.
enum FileFailure {
  static func noFile(_ path: RelativePath) -> NodeError {
    NodeError(
      .io, "there is no '\(path)' in the worker's --root", code: "file_not_found")
  }

  static func symbolicLink(_ path: RelativePath) -> NodeError {
    NodeError(
      .validation,
      "'\(path)' is a symbolic link, and the kind file follows none; name the file itself",
      code: "symbolic_link")
  }

  static func notFile(_ path: RelativePath) -> NodeError {
    NodeError(.validation, "'\(path)' is not a file", code: "not_a_file")
  }

  static func notFolder(_ path: RelativePath) -> NodeError {
    NodeError(.validation, "'\(path)' is not a folder", code: "not_a_folder")
  }

  /// - Parameter what: such as `open` or `write to`.
  static func error(_ number: CInt, _ what: String, _ path: RelativePath) -> NodeError {
    let (kind, code): (ErrorKind, String) =
      switch number {
      case ENOENT: (.io, "file_not_found")
      case ELOOP: (.validation, "symbolic_link")
      case EISDIR: (.validation, "not_a_file")
      case ENOTDIR: (.validation, "not_a_folder")
      case ENAMETOOLONG: (.validation, "invalid_path")
      case EACCES, EPERM: (.io, "permission_denied")
      case ENOSPC, EDQUOT: (.io, "disk_full")
      case EROFS: (.io, "read_only")
      case EFBIG: (.tooLarge, "file_too_large")
      default: (.io, "file_failed")
      }
    return NodeError(
      kind, "cannot \(what) '\(path)': \(String(cString: strerror(number)))", code: code)
  }
}
