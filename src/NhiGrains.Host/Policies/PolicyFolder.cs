using System.IO.Enumeration;

namespace NhiGrains.Host.Policies;

/// <summary>Which files of a folder are policy.</summary>
internal static class PolicyFolder
{
    private static readonly string[] Endings = [".yaml", ".yml"];

    // Mounted configuration is a folder beside the files, swapped by this link, and what people see links through it.
    private const string Swapped = "..data/";

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>Paths of the files that end so, in the folder and those within it; what begins with a dot is nobody's policy and is not looked into.</summary>
    /// <exception cref="IOException">A folder cannot be read, as it says.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static IEnumerable<string> FilesIn(string folder) => new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToFullPath(), Everything)
    {
        ShouldIncludePredicate = (ref entry) => !entry.IsDirectory && !IsHidden(entry.FileName) && IsPolicy(entry.FileName),
        ShouldRecursePredicate = (ref entry) => !IsHidden(entry.FileName) && (!IsLink(ref entry) || IsMounted(ref entry)),
    };

    private static bool IsHidden(ReadOnlySpan<char> name) => name.StartsWith('.');

    private static bool IsPolicy(ReadOnlySpan<char> name)
    {
        var ending = Path.GetExtension(name).ToString();
        return Endings.Contains(ending, StringComparer.OrdinalIgnoreCase);
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    // A link may lead back to where it is, and there to itself again. These are in the outermost folder only, and lead to real ones.
    private static bool IsMounted(ref FileSystemEntry entry) =>
        entry.Directory.SequenceEqual(entry.RootDirectory) && new FileInfo(entry.ToFullPath()).LinkTarget?.StartsWith(Swapped, StringComparison.Ordinal) == true;
}
