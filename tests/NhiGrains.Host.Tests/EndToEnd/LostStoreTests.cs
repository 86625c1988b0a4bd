using System.Text;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>Missing state is never 'no grants': a store that lost something is refused, and nothing on the platform changes.</summary>
[Collection("killed servers")] // Each runs a cluster and a host of its own: one after the other on two cores.
public class LostStoreTests
{
    [Fact]
    public async Task A_store_that_is_not_what_was_acknowledged_is_refused_and_the_platform_stays_as_it_is()
    {
        await using var stage = await Stage.SetAsync();
        using var portal = await stage.PortalAsync();
        await portal.RegisterAsync("billing");
        await stage.Host.KillAsync();
        var (whole, older) = (stage.DataFolder + ".whole", stage.DataFolder + ".older");
        Copy(StoreIn(stage), older);
        await stage.Host.StartAsync(TestContext.Current.CancellationToken);
        await portal.RequestAsync("billing", 600, ["READ"]);
        await stage.Host.KillAsync();
        Directory.Move(StoreIn(stage), whole);
        var before = await stage.ObjectsOfAsync("billing");

        // Beside the newer head, as a restored or failing disk would leave it.
        await RefusedAsync(stage, () => Copy(older, StoreIn(stage)), "store-behind");
        await RefusedAsync(stage, () => { }, "store-empty");
        await RefusedAsync(stage, () => CopyCut(whole, StoreIn(stage)), "store-behind");
        await RefusedAsync(stage, () => CopyChanged(whole, StoreIn(stage)), "store-damaged");

        Assert.Equal(before, await stage.ObjectsOfAsync("billing"));
        Assert.True(await stage.MayAsync("billing", "get", "configmaps", "shop"));
        Directory.Move(whole, StoreIn(stage));
        await stage.Host.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(await stage.MayAsync("billing", "get", "configmaps", "shop"));
    }

    private static async Task RefusedAsync(Stage stage, Action damage, string code)
    {
        damage();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => stage.Host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("It ended with 2:", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"[{code}]", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
        if (Directory.Exists(StoreIn(stage)))
            Directory.Delete(StoreIn(stage), recursive: true);
    }

    private static string StoreIn(Stage stage) => Path.Combine(stage.DataFolder, "store");

    private static string LogIn(string store) => Path.Combine(store, "AOF", "aof.log.0");

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? to);
            File.Copy(file, target);
        }
    }

    /// <summary>Without the second half of what was written.</summary>
    private static void CopyCut(string from, string to)
    {
        Copy(from, to);
        var log = File.ReadAllBytes(LogIn(to));
        File.WriteAllBytes(LogIn(to), log[..((log.AsSpan().LastIndexOfAnyExcept((byte)0) + 1) / 2)]);
    }

    /// <summary>With one letter of every stored owner changed, where its length stays as it is.</summary>
    private static void CopyChanged(string from, string to)
    {
        Copy(from, to);
        var log = File.ReadAllBytes(LogIn(to));
        var (owner, other) = (Encoding.UTF8.GetBytes("\"payments\""), Encoding.UTF8.GetBytes("\"paymemts\""));
        var changed = 0;
        for (int at; (at = log.AsSpan().IndexOf(owner)) >= 0; changed++)
            other.CopyTo(log, at);
        Assert.True(changed > 0, "The owner is not on disk in the clear: the test shows nothing.");
        File.WriteAllBytes(LogIn(to), log);
    }
}
