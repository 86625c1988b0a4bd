using System.Text;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What became of a policy file: a set, or everything that is wrong with it.</summary>
internal sealed record PolicyFileResult(PolicySet? Set, IReadOnlyList<PolicyProblem> Problems);

/// <summary>Policy sets as YAML files; the format is in docs/policies.md.</summary>
internal static class PolicyFile
{
    public const int MaxBytes = 256 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static PolicyFileResult Load(string path)
    {
        var problems = new PolicyProblems(path);
        return Read(path, problems) is { } content ? Parse(path, content) : new(null, problems.InOrder);
    }

    public static PolicyFileResult Parse(string path, ReadOnlySpan<byte> content)
    {
        var problems = new PolicyProblems(path);
        var set = Decode(content, problems) is { } text && YamlReader.Read(text, problems) is { } root
            ? new PolicySetReader(problems).Read(root)
            : null;
        return problems.Count == 0 ? new(set, []) : new(null, problems.InOrder);
    }

    /// <summary>The bytes, or null when the file cannot be read; then a problem says why.</summary>
    public static byte[]? Read(string path, PolicyProblems problems)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // One more than allowed tells the larger file; its length could lie, as that of a pipe does.
            var content = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return content[..length];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problems.AddForFile(fault is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : fault.Message);
            return null;
        }
    }

    private static string? Decode(ReadOnlySpan<byte> content, PolicyProblems problems)
    {
        if (content.Length > MaxBytes)
        {
            problems.AddForFile($"The file is larger than {MaxBytes / 1024} KB.");
            return null;
        }

        try
        {
            return StrictUtf8.GetString(content is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : content);
        }
        catch (DecoderFallbackException)
        {
            problems.AddForFile("The file is not UTF-8 text.");
            return null;
        }
    }
}
