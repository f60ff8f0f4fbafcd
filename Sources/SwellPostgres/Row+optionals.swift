extension Row {
  public func optionalInt16(_ column: Int) throws(PostgresError) -> Int16? {
    isPresent(column) ? try int16(column) : nil
  }

  public func optionalInt32(_ column: Int) throws(PostgresError) -> Int32? {
    isPresent(column) ? try int32(column) : nil
  }

  public func optionalInt64(_ column: Int) throws(PostgresError) -> Int64? {
    isPresent(column) ? try int64(column) : nil
  }

  public func optionalDouble(_ column: Int) throws(PostgresError) -> Double? {
    isPresent(column) ? try double(column) : nil
  }

  public func optionalBool(_ column: Int) throws(PostgresError) -> Bool? {
    isPresent(column) ? try bool(column) : nil
  }

  public func optionalString(_ column: Int) throws(PostgresError) -> String? {
    isPresent(column) ? try string(column) : nil
  }

  public func optionalUUID(_ column: Int) throws(PostgresError) -> PostgresUUID? {
    isPresent(column) ? try uuid(column) : nil
  }

  public func optionalJSON(_ column: Int) throws(PostgresError) -> [UInt8]? {
    isPresent(column) ? try json(column) : nil
  }

  public func optionalTimestampMicroseconds(_ column: Int) throws(PostgresError) -> Int64? {
    isPresent(column) ? try timestampMicroseconds(column) : nil
  }

  /// False only for NULL: a column or a row that is not there goes on to be reported.
  private func isPresent(_ column: Int) -> Bool {
    !has(column) || !isNull(column)
  }
}
