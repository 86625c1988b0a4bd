using System.Diagnostics;
using System.Text;
using NhiGrains.Platforms.TestKit.Waiting;
using NhiGrains.Storage.Tests.Children;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

public sealed class DataFolderTests : IDisposable
{
    private readonly EmbeddedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_second_opening_is_refused_until_the_first_is_closed()
    {
        await using (await _folder.OpenAsync())
        {
            var refusal = await _folder.RefusedAsync();
            Assert.Equal(StoreRefusal.FolderLocked, refusal.Code);
            Assert.Contains("--data", refusal.Remedy, StringComparison.Ordinal);
        }

        await (await _folder.OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Stores_that_open_at_once_leave_the_traces_of_the_process_alone()
    {
        var listeners = Trace.Listeners.Count;
        var folders = Enumerable.Range(0, 8).Select(_ => new EmbeddedFolder()).ToArray();

        var stores = new NhiStore?[folders.Length];
        await Parallel.ForAsync(0, folders.Length, async (number, _) => stores[number] = await folders[number].OpenAsync());

        // Stores of other tests open at the same time.
        await Eventually.TrueAsync(
            () => Task.FromResult(Trace.Listeners.Count <= listeners), TimeSpan.FromSeconds(20), () => $"There are {Trace.Listeners.Count} listeners.",
            TestContext.Current.CancellationToken);
        await Task.WhenAll(stores.OfType<NhiStore>().Select(store => store.DisposeAsync().AsTask()));
        Array.ForEach(folders, folder => folder.Dispose());
    }

    [Fact]
    public async Task A_second_process_is_refused()
    {
        await using var store = await _folder.OpenAsync();
        var start = WriterChild.Start(_folder.Path, logMegabytes: 64);
        start.RedirectStandardError = true;
        using var second = Process.Start(start) ?? throw new InvalidOperationException("It did not start.");
        var said = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains(StoreRefusal.FolderLocked, said, StringComparison.Ordinal);
        await Grains.SaveAsync(store, "one", "the first goes on");
    }

    [Fact]
    public async Task The_folder_and_what_is_in_it_are_the_owners_alone()
    {
        Directory.CreateDirectory(_folder.Path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.Path, (UnixFileMode)Convert.ToInt32("755", 8));
        await using var store = await _folder.OpenAsync();

        if (!OperatingSystem.IsWindows())
            Assert.Equal((UnixFileMode)Convert.ToInt32("700", 8), File.GetUnixFileMode(_folder.Path));
    }

    [Fact]
    public async Task The_password_is_not_on_disk_and_is_another_at_each_start()
    {
        var first = await PasswordAsync();
        var second = await PasswordAsync();

        Assert.NotEqual(first, second);
        Assert.All(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories), file =>
            Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(Encoding.ASCII.GetBytes(second)) < 0, file));

        async Task<string> PasswordAsync()
        {
            await using var store = await _folder.OpenAsync();
            await Grains.SaveAsync(store, "one", "text");
            var password = store.Backend.Connection.Password ?? "";
            Assert.True(password.Length >= 32);
            return password;
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_refused()
    {
        var refusal = await _folder.RefusedAsync(options => options with { DataFolder = "/dev/null/data" });
        Assert.Equal(StoreRefusal.FolderUnusable, refusal.Code);
    }

    [Theory]
    [InlineData("", 64, 5)]
    [InlineData("data", 1, 5)]
    [InlineData("data", 64, 0)]
    public async Task Options_that_make_no_sense_are_refused(string folder, int memory, int seconds)
    {
        var refusal = await _folder.RefusedAsync(options => options with
        {
            DataFolder = folder, EmbeddedMemoryMegabytes = memory, Timeout = TimeSpan.FromSeconds(seconds),
        });
        Assert.Equal(StoreRefusal.BadOptions, refusal.Code);
    }
}
