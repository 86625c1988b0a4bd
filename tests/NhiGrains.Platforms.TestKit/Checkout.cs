namespace NhiGrains.Platforms.TestKit;

/// <summary>The folder of the solution, above the test's own.</summary>
public static class Checkout
{
    public static string PathOf(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NhiGrains.sln")))
                return Path.Combine(folder.FullName, relative);
        }

        throw new InvalidOperationException($"NhiGrains.sln was not found above {AppContext.BaseDirectory}.");
    }
}
