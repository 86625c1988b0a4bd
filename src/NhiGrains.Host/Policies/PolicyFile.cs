using System.Text;
using NhiGrains.Domain.Policies;
using NhiGrains.Host.Policies.Yaml;

namespace NhiGrains.Host.Policies;

/// <summary>What became of a policy file or folder: a set, or everything that is wrong with it.</summary>
internal sealed record PolicyFileResult(PolicySet? Set, IReadOnlyList<PolicyProblem> Problems)
{
    /// <summary>What its author probably did not mean; the set works as it is written.</summary>
    public IReadOnlyList<PolicyProblem> Warnings { get; init; } = [];
}

/// <summary>Policy sets as YAML documents; the format is in docs/policies.md.</summary>
internal static class PolicyFile
{
    /// <summary>Of one document.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">A file, or a folder with the documents of one set.</param>
    public static PolicyFileResult Load(string path)
    {
        var source = PolicySource.Read(path);
        return source.Problems.Count > 0 ? new(null, source.Problems) : Parse(source.Documents);
    }

    public static PolicyFileResult Parse(string path, ReadOnlySpan<byte> content) => Parse([new PolicySourceFile(path, content.ToArray())]);

    /// <summary>The documents of one set. Their order is the order of its rules.</summary>
    public static PolicyFileResult Parse(IReadOnlyList<PolicySourceFile> documents)
    {
        var fragments = documents.Select(ReadFragment).ToArray();
        var set = PolicyMerge.Merge(fragments);
        var problems = fragments.SelectMany(fragment => fragment.Problems.InOrder).ToArray();
        return problems.Length == 0 && set is not null ? new(set, []) { Warnings = WarningsOf(set, fragments) } : new(null, problems);
    }

    // With the places of both rules: they may be in different files.
    private static PolicyProblem[] WarningsOf(PolicySet set, PolicyFragment[] fragments)
    {
        var places = fragments.SelectMany(fragment => fragment.Rules.Select(rule => (rule.Value.Name, fragment.Problems.File, rule.At)))
            .ToDictionary(rule => rule.Name, StringComparer.Ordinal);
        return [.. PolicyLint.Of(set).Select(warning =>
        {
            var (_, file, at) = places[warning.Rule];
            var other = warning.OtherRule is { } name ? $" ('{name}' is in {places[name].File}:{places[name].At.Line})" : "";
            return new PolicyProblem(file, at.Line, at.Column, warning.Message + other);
        })];
    }

    private static PolicyFragment ReadFragment(PolicySourceFile document)
    {
        var problems = new PolicyProblems(document.Path);
        return Decode(document.Content.Span, problems) is { } text && YamlReader.Read(text, problems) is { } root
            ? new PolicySetReader(problems).Read(root)
            : new(problems);
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
