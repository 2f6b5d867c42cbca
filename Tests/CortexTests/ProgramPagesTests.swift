import Testing

@testable import cortex

@Suite("The program's own pages")
struct ProgramPagesTests {
    /// As the kernel writes it, shortened.
    private func mapping(_ line: String, anonymous: Int = 0) -> String {
        "\(line)\nSize:      64 kB\nRss:       64 kB\nAnonymous: \(anonymous) kB\nVmFlags: rd mr mw me\n"
    }

    private func regions(_ line: String, anonymous: Int = 0) -> [ProgramPages.Region] {
        // Between two others, which are not to be mixed up with it.
        let before = mapping("7f0000000000-7f0000010000 rw-p 00000000 00:00 0 ")
        let after = mapping("7fff00000000-7fff00010000 rw-p 00000000 00:00 0                          [stack]")
        return ProgramPages.regions(in: before + mapping(line, anonymous: anonymous) + after)
    }

    @Test("text and constants that come from a file are let go of", arguments: ["r-xp", "r--p"])
    func text(rights: String) {
        let line = "55d000000000-55d000010000 \(rights) 00001000 fd:00 123                    /usr/bin/a b"
        #expect(regions(line) == [.init(start: 0x55d0_0000_0000, end: 0x55d0_0001_0000)])
    }

    @Test("what the loader wrote into before it closed it is kept: the file does not have it")
    func relocated() {
        #expect(regions("55d0-66e0 r--p 00001000 fd:00 123    /usr/lib/libc.so.6", anonymous: 4).isEmpty)
    }

    @Test(
        "what can be written, is shared or is no file is kept",
        arguments: [
            "55d000-66e000 rw-p 00001000 fd:00 123    /usr/bin/a", "55d000-66e000 r--s 00001000 fd:00 123    /data/wal",
            "55d000-66e000 r-xp 00000000 00:00 0      [vdso]", "55d000-66e000 r--p 00000000 00:00 0 ",
            "55d000-66e000 ---p 00001000 fd:00 123    /usr/bin/a",
        ])
    func kept(line: String) { #expect(regions(line).isEmpty) }

    @Test("the program goes on with its pages mapped anew")
    func real() {
        // Each of the many libraries has some of its own.
        #expect(ProgramPages.mapped().count > 20)
        #expect(ProgramPages.letGoNow() > 1 << 20)
        #expect([3, 1, 2].sorted() == [1, 2, 3])
        #expect(ProgramPages.letGoNow() > 1 << 20)
    }

    @Test("it lets go when it comes to rest, and then once a minute as long as it rests")
    func rest() {
        var rest = Rest()
        func times(_ rounds: Int, atRest: Bool) -> Int {
            var count = 0
            for _ in 0..<rounds where rest.isTime(atRest: atRest) { count += 1 }
            return count
        }
        #expect(times(1, atRest: false) == 0)
        #expect(times(1, atRest: true) == 1)
        #expect(times(24, atRest: true) == 2)
        #expect(times(24, atRest: false) == 0)
        #expect(times(1, atRest: true) == 1)
    }
}
