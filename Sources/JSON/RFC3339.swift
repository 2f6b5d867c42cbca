public import FoundationEssentials

/// Times as the Kubernetes API writes them: `2026-11-23T20:32:21Z`, and with microseconds for MicroTime.
public enum RFC3339 {
    /// - Returns: nil when the text is not a time in UTC or with a numeric offset.
    public static func date(from text: String) -> Date? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard byte >= 48, byte <= 57 else { return nil }
                value = value * 10 + Int(byte - 48)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 45, bytes[7] == 45, bytes[10] | 0x20 == 0x74,
            bytes[13] == 58, bytes[16] == 58,
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var index = 19
        var fraction = 0.0
        if bytes[index] == 46 {
            var scale = 0.1
            index += 1
            while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
                fraction += Double(bytes[index] - 48) * scale
                scale /= 10
                index += 1
            }
        }
        guard index < bytes.count else { return nil }
        var offset = 0
        if bytes[index] == 43 || bytes[index] == 45 {
            guard bytes.count == index + 6, let hours = number(index + 1..<index + 3),
                let minutes = number(index + 4..<index + 6)
            else { return nil }
            offset = (hours * 60 + minutes) * 60 * (bytes[index] == 43 ? 1 : -1)
        } else {
            guard bytes[index] | 0x20 == 0x7a, index == bytes.count - 1 else { return nil }
        }
        let seconds = daysSince1970(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    /// UTC; microseconds appear only when the time is not a whole second.
    public static func string(from date: Date) -> String { string(from: date, alwaysMicroseconds: false) }

    /// UTC with six digits of a second, as the API reads a `MicroTime`: it takes none without them.
    public static func microTime(from date: Date) -> String { string(from: date, alwaysMicroseconds: true) }

    private static func string(from date: Date, alwaysMicroseconds: Bool) -> String {
        let micros = Int((date.timeIntervalSince1970 * 1_000_000).rounded())
        let (seconds, rest) = floorDivide(micros, 1_000_000)
        let (days, ofDay) = floorDivide(seconds, 86400)
        let (year, month, day) = civil(days)
        var text: [UInt8] = []
        text.reserveCapacity(32)
        if (0...9999).contains(year) { append(year, 4, to: &text) } else { text.append(contentsOf: String(year).utf8) }
        text.append(UInt8(ascii: "-"))
        append(month, 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(day, 2, to: &text)
        text.append(UInt8(ascii: "T"))
        append(ofDay / 3600, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(ofDay / 60 % 60, 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(ofDay % 60, 2, to: &text)
        if rest != 0 || alwaysMicroseconds {
            text.append(UInt8(ascii: "."))
            append(rest, 6, to: &text)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// The last `width` digits of a value that is not negative.
    private static func append(_ value: Int, _ width: Int, to text: inout [UInt8]) {
        var unit = 1
        for _ in 1..<width { unit *= 10 }
        while unit > 0 {
            text.append(48 + UInt8(value / unit % 10))
            unit /= 10
        }
    }

    private static func floorDivide(_ value: Int, _ by: Int) -> (Int, Int) {
        let remainder = ((value % by) + by) % by
        return ((value - remainder) / by, remainder)
    }

    /// Days from 1970-01-01 in the proleptic Gregorian calendar; years start in March so that leap days come last.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ days: Int) -> (Int, Int, Int) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted + (shifted < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
