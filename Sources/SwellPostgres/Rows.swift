import CLibpq

/// The rows one statement returned. They stay where libpq received them; a row decodes a
/// value when asked for it.
public struct Rows: Sendable, RandomAccessCollection {
  let box: ResultBox

  init(box: ResultBox) { self.box = box }

  /// Takes over a result of libpq, which may come from no server at all: the fuzzer's do not.
  package init(owning result: OpaquePointer) { box = ResultBox(result) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { Int(PQntuples(box.result)) }

  public subscript(index: Int) -> Row {
    Row(box: box, index: Int32(index))
  }

  public var columnCount: Int { Int(PQnfields(box.result)) }

  /// The place of the first column of this name, exactly as spelt.
  public func columnIndex(_ name: String) -> Int? {
    (0..<columnCount).first { column in
      PQfname(box.result, Int32(column)).map { String(cString: $0) == name } ?? false
    }
  }

  /// What the server says it did, such as `INSERT 0 2`.
  public var commandTag: String {
    PQcmdStatus(box.result).map { String(cString: $0) } ?? ""
  }

  /// How many rows the statement returned or changed.
  public var affected: Int {
    PQcmdTuples(box.result).flatMap { Int(String(cString: $0)) } ?? 0
  }
}
