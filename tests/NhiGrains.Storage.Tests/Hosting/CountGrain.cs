using NhiGrains.Contracts.Storage;

namespace NhiGrains.Storage.Tests.Hosting;

[Alias("test.count")]
internal interface ICountGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<int> Add(int count);

    [Alias("Get")]
    Task<int> Get();

    [Alias("Remind")]
    Task Remind();

    [Alias("Reminders")]
    Task<int> Reminders();

    [Alias("Silo")]
    Task<string> Silo();
}

[GenerateSerializer]
[Alias("test.count-state")]
internal sealed record CountState
{
    [Id(0)]
    public int Count { get; init; }
}

[Orleans.Placement.PreferLocalPlacement] // Where it is called first. By load all of them may come to be on one silo.
internal sealed class CountGrain(
    [PersistentState("count")] IPersistentState<CountState> state, IDueIndex index, Orleans.Runtime.ILocalSiloDetails silo)
    : Grain, ICountGrain, IRemindable
{
    public async Task<int> Add(int count)
    {
        state.State = new() { Count = state.State.Count + count };
        await state.WriteStateAsync();
        await index.SetAsync(0, this.GetPrimaryKeyString(), DateTimeOffset.UnixEpoch.AddSeconds(state.State.Count));
        return state.State.Count;
    }

    public Task<int> Get() => Task.FromResult(state.State.Count);

    public Task Remind() => this.RegisterOrUpdateReminder("later", TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    public async Task<int> Reminders() => (await this.GetReminders()).Count;

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;

    public Task<string> Silo() => Task.FromResult(silo.SiloAddress.ToString());
}
