public import Foundation

/// The files that the targets are tried with: inputs, and words that inputs are made of.
public enum FuzzCorpus {
  public static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  /// The inputs of a target with their file names, in the order of the names.
  public static func inputs(of target: any FuzzTarget.Type) throws -> [(file: String, [UInt8])] {
    let folder = folder.appendingPathComponent("Corpus/\(target.name)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
      (file, Array(try Data(contentsOf: folder.appendingPathComponent(file))))
    }
  }

  /// The words of a target's dictionary: a file of libFuzzer with one quoted word a line.
  public static func words(of target: any FuzzTarget.Type) throws -> [[UInt8]] {
    let file = folder.appendingPathComponent("Dictionaries/\(target.name).dict")
    return Array(try Data(contentsOf: file)).split(separator: UInt8(ascii: "\n"))
      .filter { $0.first == UInt8(ascii: "\"") && $0.last == UInt8(ascii: "\"") && $0.count > 2 }
      .map { unescaped($0.dropFirst().dropLast()) }
  }

  /// What `\\`, `\"` and `\xNN` stand for.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      guard next == UInt8(ascii: "x") else {
        bytes.append(next)
        continue
      }
      bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return bytes
  }
}
