using System.Security.Cryptography;

namespace NhiGrains.Host.Policies;

/// <summary>What is in a policy file, or in a folder (a Git checkout, mounted configuration) of them, right now.</summary>
/// <param name="Documents">Sorted by path; none when there are problems.</param>
internal sealed record PolicySource(IReadOnlyList<PolicySourceFile> Documents, IReadOnlyList<PolicyProblem> Problems)
{
    public const int MaxFiles = 200;

    /// <summary>The same for the same content.</summary>
    public string Fingerprint => Convert.ToHexString(SHA256.HashData(
        [.. Documents.SelectMany(document => (byte[])[.. System.Text.Encoding.UTF8.GetBytes(document.Path), 0, .. SHA256.HashData(document.Content.Span)])]))
        + string.Join('\n', Problems);

    public static PolicySource Read(string path)
    {
        var problems = new PolicyProblems(path);
        if (!Directory.Exists(path))
            return ReadFile(path, problems) is { } content ? new([new(path, content)], []) : new([], problems.InOrder);
        try
        {
            return ReadFolder(path, problems);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problems.AddForFile(fault.Message);
            return new([], problems.InOrder);
        }
    }

    private static PolicySource ReadFolder(string folder, PolicyProblems problems)
    {
        var paths = PolicyFolder.FilesIn(folder).Order(StringComparer.Ordinal).Take(MaxFiles + 1).ToArray();
        if (paths.Length == 0)
            problems.AddForFile("The folder has no file that ends in .yaml or .yml.");
        if (paths.Length > MaxFiles)
            problems.AddForFile($"The folder has more than {MaxFiles} policy files.");
        var documents = new List<PolicySourceFile>();
        var unreadable = new List<PolicyProblem>(problems.InOrder);
        foreach (var path in paths.Take(MaxFiles))
        {
            var own = new PolicyProblems(path);
            if (ReadFile(path, own) is { } content)
                documents.Add(new(path, content));
            unreadable.AddRange(own.InOrder);
        }

        return unreadable.Count == 0 ? new(documents, []) : new([], unreadable);
    }

    /// <summary>The bytes, or null when the file cannot be read; then a problem says why.</summary>
    private static byte[]? ReadFile(string path, PolicyProblems problems)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // One more than allowed tells the larger file; its length could lie, as that of a pipe does.
            var content = new byte[PolicyFile.MaxBytes + 1];
            var length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return content[..length];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problems.AddForFile(fault is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : fault.Message);
            return null;
        }
    }
}
